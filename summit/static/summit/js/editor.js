// On data-board, the agenda editor: each behaviour is a file of its own; here they meet.
import { Board } from "./editor-board.js";
import { follow } from "./editor-changes.js";
import { Clashes } from "./editor-clashes.js";
import { dragging } from "./editor-drag.js";
import { finding } from "./editor-find.js";
import { keys } from "./editor-keys.js";
import { Moves } from "./editor-moves.js";
import { Voice } from "./editor-voice.js";

const root = document.querySelector("[data-board]");
if (root) {
  const board = new Board(root);
  const clashes = new Clashes(board);
  const voice = new Voice(board);
  const moves = new Moves(board, clashes, voice);
  const hands = [dragging(board, moves), keys(board, moves, voice)];
  moves.held = () => hands.map((hand) => hand()).find(Boolean);
  follow(board, moves, voice);
  finding(board);
}

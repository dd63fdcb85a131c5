// On data-says in the agenda editor: what it says, to be seen and heard: sentences of the page with words put in.
export class Voice {
  constructor(board) {
    this.board = board;
    this.line = board.root.querySelector("[data-says]");
  }

  say(name, words = {}, bad = false) {
    const sentence = this.line.dataset[name] ?? name;
    this.line.classList.toggle("bad", bad);
    this.line.textContent = sentence.replace(/\{(\w+)\}/g, (whole, word) => words[word] ?? whole);
  }

  // "10:00–11:30, Room 1"
  place(place, isBreak) {
    if (place.starts === null) return this.line.dataset.notime;
    return `${this.board.hours(place)}, ${this.room(place.room, isBreak)}`;
  }

  room(room, isBreak) {
    if (room) return this.board.roomName(room);
    return isBreak ? this.line.dataset.everywhere : this.line.dataset.noroom;
  }
}

// What the editor says, to be seen and to be heard: sentences of the page with words put in.
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
    const words = this.line.dataset;
    if (place.starts === null) return words.notime;
    const room = place.room ? this.board.roomName(place.room) : isBreak ? words.everywhere : words.noroom;
    return `${this.board.hours(place)}, ${room}`;
  }
}

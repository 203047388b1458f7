// A WebSocket that comes back: after every loss it waits a little longer, up to a limit.
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
// The server answers with whatever it could not tell because Redis was away.
const HEARTBEAT_MS = 5_000;

/** How long to wait before the nth try in a row; `random` (0…1) keeps many pages from coming back at once. */
export function waitBefore(attempt, random) {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return wait / 2 + (wait / 2) * random;
}

export class LiveSocket {
  constructor({ address, greeting, onMessage, onUp, onDown }) {
    Object.assign(this, { address, greeting, onMessage, onUp, onDown });
    this.attempt = 0;
    this.open();
  }

  open() {
    this.socket = new WebSocket(this.address);
    this.socket.addEventListener("open", () => {
      this.send(this.greeting());
      this.heart = setInterval(() => this.send({ method: "heartbeat" }), HEARTBEAT_MS);
    });
    this.socket.addEventListener("message", (event) => this.receive(JSON.parse(event.data)));
    this.socket.addEventListener("close", () => this.lost());
  }

  send(message) {
    this.socket.send(JSON.stringify(message));
  }

  receive(message) {
    if (message.success) {
      this.attempt = 0;
      this.onUp();
    }
    this.onMessage(message);
  }

  lost() {
    clearInterval(this.heart);
    if (this.isClosed) return;
    this.onDown();
    this.timer = setTimeout(() => this.open(), waitBefore(this.attempt, Math.random()));
    this.attempt += 1;
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.timer);
    clearInterval(this.heart);
    this.socket.close();
  }
}

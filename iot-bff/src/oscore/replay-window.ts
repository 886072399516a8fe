/** RFC 8613 §3.2.2: as many numbers as fit into one integer. */
const SIZE = 32

/** Which sequence numbers of a sender have been received: each is accepted once, in any order within 32. */
export class ReplayWindow {
  #highest: number
  /** Bit n stands for `#highest` − n. */
  #seen = 1

  /** @param first the number that starts it, which is so received */
  constructor(first: number) {
    this.#highest = first
  }

  isNew(sequence: number): boolean {
    const behind = this.#highest - sequence
    if (behind < 0) return true
    return behind < SIZE && ((this.#seen >>> behind) & 1) === 0
  }

  /** Takes a number of a message that was verified. */
  accept(sequence: number): void {
    const ahead = sequence - this.#highest
    if (ahead > 0) {
      this.#seen = (ahead < SIZE ? this.#seen << ahead : 0) | 1
      this.#highest = sequence
    } else this.#seen |= 1 << -ahead
  }
}

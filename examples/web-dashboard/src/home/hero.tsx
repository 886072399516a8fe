/** What a visitor reads first. */
export const Hero = () => (
  <section className="hero">
    <h1>Well-made things, honestly described.</h1>
    <p>For the kitchen, the desk and the rest of the house, out of five warehouses.</p>
  </section>
)

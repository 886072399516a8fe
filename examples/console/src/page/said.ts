/** Says something to who cannot see what has changed, and shows it at the foot of the page. */
export function say(text: string): void {
  const place = document.querySelector('#said')
  if (place) place.textContent = text
}

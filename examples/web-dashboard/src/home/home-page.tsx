import { Selection } from '../catalogue/selection.tsx'
import { SignedIn } from '../session/signed-in.tsx'
import { Part } from '../ui/part.tsx'
import { ForYou } from './for-you.tsx'
import { Hero } from './hero.tsx'
import './home.css'

/** The first page: for everybody the shop, for a customer what is theirs, too. */
export const HomePage = () => (
  <>
    <title>Harbor Commerce</title>
    <SignedIn forRole="customer" otherwise={<Hero />} meanwhile={<Hero />}>
      <Part what="Your overview">
        <ForYou />
      </Part>
    </SignedIn>
    <Part what="The selection">
      <Selection />
    </Part>
  </>
)

import { Selection } from '../catalogue/selection.tsx'
import { SignedIn } from '../session/signed-in.tsx'
import { Part } from '../ui/part.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { ForYou } from './for-you.tsx'
import { Hero } from './hero.tsx'
import './home.css'

const shop = (
  <Part what="The shop">
    <Selection />
  </Part>
)

/** The first page: for everybody the shop, for a customer first what is theirs. */
export const HomePage = () => (
  <>
    <title>Harbor Commerce</title>
    <SignedIn
      forRole="customer"
      meanwhile={<Skeleton lines={8} />}
      otherwise={
        <>
          <Hero />
          {shop}
        </>
      }
    >
      <ForYou>{shop}</ForYou>
    </SignedIn>
  </>
)

import { Tabs } from '@base-ui/react/tabs'
import type { ProductHeaderFragment } from '../../gen/operations.ts'
import { Picture } from '../../ui/picture.tsx'

type Props = { images: ProductHeaderFragment['images']; name: string }

/** The pictures of a product, one at a time; arrow keys go through them. */
export function Gallery({ images, name }: Props) {
  if (images.length === 0)
    return <span className="picture tile" role="img" aria-label={`No picture of ${name}`} />
  return (
    <Tabs.Root className="gallery" defaultValue={0}>
      {images.map(({ url, alt }, index) => (
        <Tabs.Panel key={url} value={index} className="gallery-panel">
          <Picture url={url} alt={alt} size={640} first />
        </Tabs.Panel>
      ))}
      <Tabs.List className="gallery-list" aria-label={`Pictures of ${name}`}>
        {images.map(({ url }, index) => (
          <Tabs.Tab key={url} value={index} className="gallery-tab" aria-label={`Picture ${index + 1}`}>
            <Picture url={url} alt="" size={72} />
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </Tabs.Root>
  )
}

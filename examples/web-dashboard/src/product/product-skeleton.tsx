import { Skeleton } from '../ui/skeleton.tsx'

export const ProductSkeleton = () => (
  <div className="product-header">
    <div className="gallery">
      <span className="picture tile" />
    </div>
    <Skeleton lines={9} />
  </div>
)

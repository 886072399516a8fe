/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** How loyal a customer is, the lowest tier first. */
export type LoyaltyTier =
  | 'BASIC'
  | 'GOLD'
  | 'PLATINUM'
  | 'SILVER';

/** What a notification is about. */
export type NotificationKind =
  | 'LOYALTY'
  | 'OFFER'
  | 'ORDER'
  | 'REVIEW'
  | 'STOCK';

/** Where an order is on its way to the customer. */
export type OrderStatus =
  | 'CANCELLED'
  | 'CONFIRMED'
  | 'DELIVERED'
  | 'ON_ITS_WAY'
  | 'PREPARING'
  | 'RECEIVED'
  | 'RETURNED';

/** Where a parcel is. */
export type ShipmentStatus =
  | 'ANNOUNCED'
  | 'DELIVERED'
  | 'IN_TRANSIT'
  | 'RETURNED';

/** Where stock is, by city. */
export type Warehouse =
  | 'BERLIN'
  | 'HAMBURG'
  | 'MUNICH'
  | 'PARIS'
  | 'TOKYO';

export type OrderRowFragment = { readonly number: string, readonly status: OrderStatus | null, readonly placedAt: string, readonly total: { readonly formatted: string } };

export type ProductCardFragment = { readonly id: string, readonly name: string, readonly brand: string, readonly images: ReadonlyArray<{ readonly url: string }>, readonly price: { readonly formatted: string, readonly discountBasisPoints: number, readonly list: { readonly formatted: string } } | null };

export type ProductHeaderFragment = { readonly id: string, readonly sku: string, readonly name: string, readonly brand: string, readonly description: string, readonly category: { readonly id: string, readonly name: string }, readonly images: ReadonlyArray<{ readonly url: string, readonly width: number, readonly height: number, readonly alt: string }>, readonly specifications: ReadonlyArray<{ readonly name: string, readonly value: string, readonly unit: string | null }>, readonly price: { readonly amount: number, readonly currency: string, readonly formatted: string, readonly discountBasisPoints: number, readonly list: { readonly amount: number, readonly formatted: string } } | null, readonly stock: ReadonlyArray<{ readonly warehouse: Warehouse | null, readonly available: number }> | null };

export type ProductRecommendationsFragment = { readonly recommendations: ReadonlyArray<{ readonly id: string, readonly sku: string, readonly name: string, readonly imageUrl: string, readonly price: { readonly amount: number, readonly currency: string, readonly formatted: string } } | null> | null };

export type ProductReviewsFragment = { readonly reviews: { readonly average: number, readonly count: number, readonly histogram: ReadonlyArray<number>, readonly latest: ReadonlyArray<{ readonly author: string, readonly rating: number, readonly title: string, readonly body: string, readonly createdAt: string }> } | null };

export type CartQueryVariables = Exact<{ [key: string]: never; }>;


export type CartQuery = { readonly viewer: { readonly cart: { readonly updatedAt: string, readonly lines: ReadonlyArray<{ readonly sku: string, readonly name: string, readonly imageUrl: string, readonly quantity: number, readonly total: { readonly formatted: string } | null, readonly product: { readonly id: string } | null }>, readonly quote: { readonly subtotal: { readonly formatted: string }, readonly discount: { readonly amount: number, readonly formatted: string }, readonly total: { readonly formatted: string } } | null } | null } };

export type CatalogueQueryVariables = Exact<{
  category?: string | null | undefined;
  first?: number;
  after?: string | null | undefined;
}>;


export type CatalogueQuery = { readonly catalogue: { readonly totalCount: number | null, readonly edges: ReadonlyArray<{ readonly node: ProductCardFragment | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null };

export type CategoriesQueryVariables = Exact<{ [key: string]: never; }>;


export type CategoriesQuery = { readonly categories: ReadonlyArray<{ readonly id: string, readonly name: string, readonly productCount: number } | null> | null };

export type DashboardQueryVariables = Exact<{
  orders?: number;
  recommendations?: number;
}>;


export type DashboardQuery = { readonly viewer: { readonly displayName: string | null, readonly email: string | null, readonly unreadNotifications: number | null, readonly loyalty: { readonly tier: LoyaltyTier | null, readonly points: number } | null, readonly cart: { readonly updatedAt: string, readonly lines: ReadonlyArray<{ readonly sku: string, readonly name: string, readonly imageUrl: string, readonly quantity: number, readonly total: { readonly amount: number, readonly currency: string, readonly formatted: string } | null }>, readonly quote: { readonly subtotal: { readonly amount: number, readonly formatted: string }, readonly discount: { readonly amount: number, readonly formatted: string }, readonly total: { readonly amount: number, readonly currency: string, readonly formatted: string } } | null } | null, readonly orders: { readonly edges: ReadonlyArray<{ readonly node: OrderRowFragment | null }> } | null, readonly recommendations: ReadonlyArray<{ readonly id: string, readonly sku: string, readonly name: string, readonly imageUrl: string, readonly price: { readonly amount: number, readonly currency: string, readonly formatted: string } } | null> | null } };

export type NotificationsQueryVariables = Exact<{
  first?: number;
}>;


export type NotificationsQuery = { readonly viewer: { readonly notifications: { readonly unreadCount: number, readonly items: ReadonlyArray<{ readonly id: string, readonly kind: NotificationKind | null, readonly title: string, readonly body: string, readonly createdAt: string, readonly readAt: string | null } | null> } | null } };

export type OrderDetailQueryVariables = Exact<{
  number: string;
}>;


export type OrderDetailQuery = { readonly viewer: { readonly order: (
      { readonly shipment: { readonly status: ShipmentStatus | null, readonly trackingCode: string, readonly estimatedDelivery: string } | null, readonly lines: ReadonlyArray<{ readonly sku: string, readonly name: string, readonly imageUrl: string, readonly quantity: number, readonly unitPrice: { readonly formatted: string }, readonly total: { readonly formatted: string }, readonly product: { readonly id: string } | null }> }
      & OrderRowFragment
    ) | null } };

export type OrdersQueryVariables = Exact<{
  first?: number;
  after?: string | null | undefined;
}>;


export type OrdersQuery = { readonly viewer: { readonly orders: { readonly edges: ReadonlyArray<{ readonly node: OrderRowFragment | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null } };

export type ProductListQueryVariables = Exact<{
  ids: ReadonlyArray<string> | string;
  reviews?: number;
  recommendations?: number;
}>;


export type ProductListQuery = { readonly products: ReadonlyArray<{ readonly id: string, readonly sku: string, readonly name: string, readonly brand: string, readonly category: { readonly id: string, readonly name: string }, readonly images: ReadonlyArray<{ readonly url: string, readonly width: number, readonly height: number, readonly alt: string }>, readonly price: { readonly amount: number, readonly currency: string, readonly formatted: string, readonly discountBasisPoints: number } | null, readonly stock: ReadonlyArray<{ readonly warehouse: Warehouse | null, readonly available: number }> | null, readonly reviews: { readonly average: number, readonly count: number, readonly latest: ReadonlyArray<{ readonly rating: number, readonly title: string }> } | null, readonly recommendations: ReadonlyArray<{ readonly id: string, readonly name: string, readonly imageUrl: string, readonly price: { readonly formatted: string } } | null> | null } | null> };

export type ProductPageQueryVariables = Exact<{
  id: string;
  reviews?: number;
  recommendations?: number;
}>;


export type ProductPageQuery = { readonly product: (
    ProductHeaderFragment
    & ProductReviewsFragment
    & ProductRecommendationsFragment
  ) | null };

export type SearchProductsQueryVariables = Exact<{
  words: string;
  first?: number;
  after?: string | null | undefined;
}>;


export type SearchProductsQuery = { readonly search: { readonly totalCount: number | null, readonly edges: ReadonlyArray<{ readonly node: ProductCardFragment | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null };

export type StaffCustomerQueryVariables = Exact<{
  id: string;
}>;


export type StaffCustomerQuery = { readonly customer: { readonly id: string, readonly displayName: string, readonly email: string, readonly memberSince: string, readonly fraudScore: number | null } | null };

export type StaffProductQueryVariables = Exact<{
  id: string;
}>;


export type StaffProductQuery = { readonly product: { readonly id: string, readonly sku: string, readonly name: string, readonly margin: number | null, readonly price: { readonly amount: number, readonly currency: string, readonly formatted: string } | null, readonly wholesaleCost: { readonly amount: number, readonly currency: string, readonly formatted: string } | null } | null };

export type UnreadNotificationsQueryVariables = Exact<{ [key: string]: never; }>;


export type UnreadNotificationsQuery = { readonly viewer: { readonly unreadNotifications: number | null } };

export type PersistedOperation<Data, Variables> = { readonly name: string; readonly kind: 'query' | 'mutation' | 'subscription'; readonly hash: string; readonly types?: (variables: Variables) => Data }
export const Cart: PersistedOperation<CartQuery, CartQueryVariables> = { name: 'Cart', kind: 'query', hash: '' }
export const Catalogue: PersistedOperation<CatalogueQuery, CatalogueQueryVariables> = { name: 'Catalogue', kind: 'query', hash: '' }
export const Categories: PersistedOperation<CategoriesQuery, CategoriesQueryVariables> = { name: 'Categories', kind: 'query', hash: '' }
export const Dashboard: PersistedOperation<DashboardQuery, DashboardQueryVariables> = { name: 'Dashboard', kind: 'query', hash: '' }
export const Notifications: PersistedOperation<NotificationsQuery, NotificationsQueryVariables> = { name: 'Notifications', kind: 'query', hash: '' }
export const OrderDetail: PersistedOperation<OrderDetailQuery, OrderDetailQueryVariables> = { name: 'OrderDetail', kind: 'query', hash: '' }
export const Orders: PersistedOperation<OrdersQuery, OrdersQueryVariables> = { name: 'Orders', kind: 'query', hash: '' }
export const ProductList: PersistedOperation<ProductListQuery, ProductListQueryVariables> = { name: 'ProductList', kind: 'query', hash: '' }
export const ProductPage: PersistedOperation<ProductPageQuery, ProductPageQueryVariables> = { name: 'ProductPage', kind: 'query', hash: '' }
export const SearchProducts: PersistedOperation<SearchProductsQuery, SearchProductsQueryVariables> = { name: 'SearchProducts', kind: 'query', hash: '' }
export const StaffCustomer: PersistedOperation<StaffCustomerQuery, StaffCustomerQueryVariables> = { name: 'StaffCustomer', kind: 'query', hash: '' }
export const StaffProduct: PersistedOperation<StaffProductQuery, StaffProductQueryVariables> = { name: 'StaffProduct', kind: 'query', hash: '' }
export const UnreadNotifications: PersistedOperation<UnreadNotificationsQuery, UnreadNotificationsQueryVariables> = { name: 'UnreadNotifications', kind: 'query', hash: '' }

export type Category = {
  id: string
  name: string
  /** Tax class of what is in it. */
  taxClass: 'STANDARD' | 'REDUCED'
  nouns: readonly string[]
  materials: readonly string[]
  /** What people do with it; completes "made for …". */
  uses: readonly string[]
  /** List price in cents, lowest and highest. */
  price: readonly [number, number]
  /** Grams, lightest and heaviest. */
  weight: readonly [number, number]
}

type Row = [
  name: string,
  nouns: string,
  materials: string,
  uses: string,
  price: [number, number],
  weight: [number, number],
  tax?: 'REDUCED',
]

const ROWS: Row[] = [
  [
    'Cookware',
    'Frying Pan 24 cm|Frying Pan 28 cm|Saucepan 1.8 l|Casserole 4.5 l|Wok 32 cm|Grill Pan|Stock Pot 8 l|Sauté Pan',
    'cast iron|tri-ply stainless steel|carbon steel|hard-anodised aluminium|enamelled steel',
    'searing, braising and slow Sunday stews|everyday frying on any hob, induction included|dishes that go from the hob to the oven',
    [2490, 24900],
    [900, 5200],
  ],
  [
    'Knives & Boards',
    'Chef’s Knife 20 cm|Paring Knife|Bread Knife|Santoku 18 cm|Carving Board|End-Grain Board|Sharpening Stone|Kitchen Shears',
    'high-carbon steel|Damascus steel|walnut|olive wood|bamboo',
    'clean cuts through herbs, bread and squash|preparing dinner without a drawer full of gadgets|people who would rather own one good blade',
    [1290, 18900],
    [120, 3200],
  ],
  [
    'Bakeware',
    'Loaf Tin|Springform 26 cm|Muffin Tray|Pie Dish|Banneton Basket|Rolling Pin|Baking Steel|Mixing Bowl Set',
    'aluminised steel|stoneware|beech|rattan|borosilicate glass',
    'sourdough, tarts and birthday cakes|even browning without turning the tray|bakers who measure in grams',
    [890, 8900],
    [250, 6800],
  ],
  [
    'Tableware',
    'Dinner Plate Set of 4|Breakfast Bowl|Serving Platter|Espresso Cup Set|Pasta Plate|Mug 350 ml|Salad Bowl|Side Plate',
    'stoneware|bone china|porcelain|recycled glass|reactive-glaze ceramic',
    'long breakfasts and longer dinners|tables that are set every day and not only at holidays|mixing with what is already in the cupboard',
    [690, 12900],
    [180, 4200],
  ],
  [
    'Glassware',
    'Water Tumbler Set|Red Wine Glass|Carafe 1 l|Highball Glass|Champagne Coupe|Tea Glass|Whisky Tumbler|Storage Jar',
    'lead-free crystal|recycled glass|borosilicate glass|hand-blown glass',
    'water, wine and everything in between|cupboards with little room, as they stack|drinks that should stay hot or cold for longer',
    [490, 9900],
    [150, 2400],
  ],
  [
    'Coffee & Tea',
    'Burr Grinder|Pour-Over Dripper|Moka Pot|Teapot 1.2 l|French Press|Milk Frother|Gooseneck Kettle|Cold Brew Bottle',
    'stainless steel|borosilicate glass|cast iron|porcelain',
    'a first cup worth getting up for|brewing by hand, at your own pace|small kitchens and large mornings',
    [1490, 22900],
    [300, 2900],
  ],
  [
    'Small Appliances',
    'Stand Mixer|Toaster|Hand Blender|Kettle 1.7 l|Food Processor|Slow Cooker|Kitchen Scale|Vacuum Sealer',
    'brushed steel|die-cast aluminium|BPA-free Tritan',
    'weeknight meals and weekend projects|kneading, whisking and chopping with one motor|quiet mornings: it runs below 62 dB',
    [2990, 49900],
    [600, 11000],
  ],
  [
    'Food Storage',
    'Storage Container Set|Bread Box|Spice Jar Set|Lunch Box|Preserving Jar|Beeswax Wrap|Flour Bin|Oil Bottle',
    'borosilicate glass|stainless steel|acacia wood|tinplate|organic cotton',
    'pantries that stay in order|leftovers, preserves and packed lunches|keeping bread crisp for days',
    [790, 6900],
    [120, 3100],
  ],
  [
    'Bedding',
    'Duvet Cover|Fitted Sheet|Pillowcase Pair|Wool Blanket|Down Duvet|Mattress Topper|Quilt|Linen Throw',
    'washed linen|organic cotton percale|merino wool|Tencel lyocell|cotton sateen',
    'nights that are neither too warm nor too cold|bedrooms that look made without ironing|sensitive skin: dyed without azo colours',
    [1990, 34900],
    [350, 4800],
  ],
  [
    'Bath',
    'Bath Towel|Bath Mat|Shower Curtain|Soap Dispenser|Laundry Basket|Bathrobe|Toothbrush Holder|Wall Shelf',
    'long-staple cotton|teak|stoneware|powder-coated steel|seagrass',
    'bathrooms that are small and much used|drying quickly, even without a window|mornings with several people and one mirror',
    [990, 15900],
    [180, 5200],
  ],
  [
    'Lighting',
    'Pendant Lamp|Table Lamp|Floor Lamp|Desk Lamp|Wall Sconce|String Lights|Clip-On Reading Light|Portable Lantern',
    'opal glass|spun brass|powder-coated steel|paper|oak veneer',
    'warm light in the evening and clear light for work|reading corners and dining tables|rooms with no socket where one is needed',
    [1990, 39900],
    [400, 7800],
  ],
  [
    'Rugs & Textiles',
    'Flatwoven Rug 160 × 230|Runner 70 × 240|Cushion Cover|Curtain Pair|Tablecloth|Door Mat|Floor Cushion|Napkin Set',
    'New Zealand wool|jute|recycled PET|cotton canvas|stonewashed linen',
    'floors that are walked on, with shoes and without|making an echoing room quiet|families: it hides the crumbs until Saturday',
    [1290, 69900],
    [200, 14000],
  ],
  [
    'Living Room',
    'Side Table|Bookshelf|Armchair|Pouf|Coat Stand|Magazine Rack|Console Table|Shelf Ladder',
    'solid oak|ash|rattan|powder-coated steel|bouclé',
    'small flats and long evenings|rooms that are rearranged every spring|books, plants and the cat',
    [4900, 89900],
    [2200, 38000],
  ],
  [
    'Home Office',
    'Desk Organiser|Monitor Stand|Task Chair|Pin Board|Desk Mat|Filing Box|Cable Tray|Standing Desk Frame',
    'oak veneer|recycled felt|powder-coated steel|cork',
    'desks that are a dining table at night|keeping cables and papers out of sight|eight hours at a screen',
    [1490, 64900],
    [250, 31000],
  ],
  [
    'Candles & Scents',
    'Scented Candle|Reed Diffuser|Pillar Candle|Incense Set|Room Spray|Candle Holder|Tea Light Set|Wax Melts',
    'soy wax|beeswax|rapeseed wax|stoneware|brass',
    'the hour after dinner|a hallway that smells of cedar and not of shoes|presents, as the box is part of it',
    [590, 7900],
    [90, 1900],
  ],
  [
    'Planters & Pots',
    'Terracotta Pot 18 cm|Hanging Planter|Balcony Box|Self-Watering Pot|Plant Stand|Propagation Vase|Raised Bed|Saucer Set',
    'terracotta|glazed stoneware|recycled rubber|galvanised steel|larch',
    'windowsills, balconies and gardens of any size|herbs within reach of the cook|plants of owners who travel',
    [690, 19900],
    [300, 22000],
  ],
  [
    'Garden Tools',
    'Secateurs|Hand Trowel|Border Spade|Watering Can 9 l|Leaf Rake|Garden Kneeler|Pruning Saw|Bulb Planter',
    'forged steel|ash wood|galvanised steel|stainless steel',
    'heavy soil and long afternoons|cutting without crushing the stem|hands that want to garden at eighty, too',
    [890, 14900],
    [150, 4200],
  ],
  [
    'Outdoor Living',
    'Folding Chair|Fire Bowl|Picnic Blanket|Parasol|Garden Bench|Hammock|Outdoor Lantern|Bistro Table',
    'eucalyptus wood|powder-coated aluminium|weatherproof polyester|Corten steel',
    'balconies in May and gardens in September|being left outside all summer|two people, a bottle and a view',
    [2490, 79900],
    [800, 41000],
  ],
  [
    'Cleaning',
    'Dish Brush|Broom|Dustpan Set|Laundry Soap|Microfibre Cloth Set|Lint Brush|Bucket 10 l|Window Wiper',
    'beech and tampico|recycled PET|galvanised steel|plant-based soap',
    'homes without a cupboard for cleaning things: it may be seen|getting rid of grease without perfume|brushes whose head can be replaced',
    [390, 5900],
    [60, 2300],
  ],
  [
    'Pantry',
    'Olive Oil 750 ml|Sea Salt Flakes|Wildflower Honey|Assam Tea 250 g|Espresso Beans 1 kg|Apple Chutney|Dark Chocolate 70 %|Spelt Flour 2.5 kg',
    'single estate|organic|small batch|stone-milled',
    'cooks who taste before they season|a cupboard from which dinner can always be made|breakfast tables and hampers',
    [390, 4900],
    [80, 2700],
    'REDUCED',
  ],
]

export const CATEGORIES: readonly Category[] = ROWS.map(
  ([name, nouns, materials, uses, price, weight, tax], i) => ({
    id: `cat-${String(i + 1).padStart(2, '0')}`,
    name,
    taxClass: tax ?? 'STANDARD',
    nouns: nouns.split('|'),
    materials: materials.split('|'),
    uses: uses.split('|'),
    price,
    weight,
  }),
)

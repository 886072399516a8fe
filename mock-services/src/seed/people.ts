/** Given names, family names and places, together: an address fits its country, a name its locale. */
export type Region = {
  country: string
  locale: string
  timeZone: string
  currency: string
  phone: string
  given: readonly string[]
  family: readonly string[]
  streets: readonly string[]
  places: readonly (readonly [city: string, postalCode: string])[]
}

const region = (
  [country, locale, timeZone, currency, phone]: readonly [string, string, string, string, string],
  given: string,
  family: string,
  streets: string,
  places: readonly (readonly [string, string])[],
): Region => ({
  country,
  locale,
  timeZone,
  currency,
  phone,
  given: given.split(' '),
  family: family.split(' '),
  streets: streets.split('|'),
  places,
})

export const REGIONS: readonly Region[] = [
  region(
    ['DE', 'de-DE', 'Europe/Berlin', 'EUR', '+49 30'],
    'Ada Jonas Mareike Lukas Hannah Yusuf Frieda Tobias Leyla Emil Greta Moritz Annika Paul Selin Johanna Karl Mina Theo Charlotte',
    'Lindqvist Brandt Yilmaz Köhler Petersen Neumann Albrecht Kaya Friedrich Schuster Vogt Winkler Hartmann Okafor Seidel Zimmermann',
    'Oderberger Straße|Lange Reihe|Müllerstraße|Am Sandtorkai|Karl-Marx-Allee|Eppendorfer Weg|Isarstraße|Gärtnerplatz',
    [
      ['Berlin', '10435'],
      ['Hamburg', '20457'],
      ['München', '80469'],
      ['Leipzig', '04109'],
      ['Köln', '50667'],
    ],
  ),
  region(
    ['FR', 'fr-FR', 'Europe/Paris', 'EUR', '+33 1'],
    'Camille Hugo Inès Louis Manon Adrien Léa Mehdi Chloé Baptiste Élodie Karim Juliette Théo Aïcha Maxime',
    'Moreau Lefèvre Benali Girard Fontaine Chevalier Roussel Dubois Nguyen Marchand Perrin Delacroix Faure Haddad',
    'rue des Martyrs|rue Oberkampf|quai de Jemmapes|avenue Parmentier|rue de la République|cours Mirabeau',
    [
      ['Paris', '75011'],
      ['Lyon', '69002'],
      ['Marseille', '13001'],
      ['Nantes', '44000'],
    ],
  ),
  region(
    ['AT', 'de-AT', 'Europe/Vienna', 'EUR', '+43 1'],
    'Valentina Florian Magdalena Felix Katharina Elias Miriam Sebastian Nora Jakob',
    'Gruber Hofer Steiner Moser Leitner Novak Pichler Eder Wallner Horvath',
    'Neubaugasse|Praterstraße|Lerchenfelder Straße|Linzer Gasse',
    [
      ['Wien', '1070'],
      ['Graz', '8010'],
      ['Salzburg', '5020'],
    ],
  ),
  region(
    ['NL', 'nl-NL', 'Europe/Amsterdam', 'EUR', '+31 20'],
    'Sanne Daan Fleur Bram Noor Thijs Lotte Sem Femke Ruben',
    'de Vries Jansen van Dijk Bakker Visser Mulder de Groot Hendriks',
    'Prinsengracht|Haarlemmerdijk|Oudegracht|Witte de Withstraat',
    [
      ['Amsterdam', '1015'],
      ['Utrecht', '3511'],
      ['Rotterdam', '3012'],
    ],
  ),
  region(
    ['GB', 'en-GB', 'Europe/London', 'GBP', '+44 20'],
    'Imogen Rhys Priya Callum Beatrice Owen Zara Alistair Nadia Fergus Harriet Dev',
    'Ashworth Campbell Patel Hughes Bennett Okonkwo Sinclair Whitaker Morgan Chaudhry Fletcher Byrne',
    'Columbia Road|Leith Walk|Gloucester Road|Chapel Street|Canal Side',
    [
      ['London', 'E2 7RG'],
      ['Edinburgh', 'EH6 8NP'],
      ['Bristol', 'BS7 8AS'],
      ['Manchester', 'M3 5BZ'],
    ],
  ),
  region(
    ['JP', 'ja-JP', 'Asia/Tokyo', 'JPY', '+81 3'],
    'Haruka Kenji Yuki Daichi Aoi Ren Misaki Takumi Sakura Sota',
    'Tanaka Watanabe Sato Kobayashi Ito Nakamura Yamamoto Kato Mori Hayashi',
    '2-chome Jingumae|5-chome Nakameguro|1-chome Kichijoji|3-chome Kitahama',
    [
      ['Tokyo', '150-0001'],
      ['Yokohama', '220-0012'],
      ['Osaka', '541-0041'],
    ],
  ),
]

/** Staff who log in to the dashboard; each password is the seed's `PASSWORD`. */
export const STAFF = [
  { id: 's1', username: 'sam.staff@harbor.example', name: 'Sam Rivera', roles: ['staff'] },
  { id: 's2', username: 'fay.finance@harbor.example', name: 'Fay Lindholm', roles: ['staff', 'finance'] },
  { id: 's3', username: 'ron.risk@harbor.example', name: 'Ron Achterberg', roles: ['staff', 'risk'] },
  {
    id: 's4',
    username: 'amy.admin@harbor.example',
    name: 'Amy Castellanos',
    roles: ['staff', 'finance', 'risk', 'admin'],
  },
] as const

export const PASSWORD = 'harbor'

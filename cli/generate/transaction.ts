/** Makes retail transactions: nested, of varying length, and with names that are not ASCII. */
import type { Random } from "./random";

export interface Item {
  sku: string;
  name: string;
  quantity: number;
  unit_price: number;
}

export interface Transaction {
  transaction_id: string;
  /** ISO 8601, UTC. */
  at: string;
  store: { id: string; city: string; country: string };
  /** Null for a customer who did not sign in. */
  customer: { id: string; tier: string } | null;
  items: Item[];
  payment: string;
  currency: string;
  total: number;
}

/** The time of the first transaction; the others follow 1.5 s apart on average. */
const OPENING = Date.parse("2026-11-20T08:00:00.000Z");

const STORES = [
  { id: "s-01", city: "København", country: "DK", currency: "DKK" },
  { id: "s-02", city: "Zürich", country: "CH", currency: "CHF" },
  { id: "s-03", city: "Oslo", country: "NO", currency: "NOK" },
  { id: "s-04", city: "Bristol", country: "GB", currency: "GBP" },
  { id: "s-05", city: "São Paulo", country: "BR", currency: "BRL" },
  { id: "s-06", city: "Lyon", country: "FR", currency: "EUR" },
  { id: "s-07", city: "Sacramento", country: "US", currency: "USD" },
  { id: "s-08", city: "Kraków", country: "PL", currency: "PLN" },
] as const;

const PRODUCTS = [
  ["85123A", "White hanging heart T-light holder", 2.55],
  ["71053", "White metal lantern", 3.39],
  ["22752", "Set of 7 nesting boxes", 7.65],
  ["21730", "Glass star frosted, T-light", 4.25],
  ["84879", "Assorted colour bird ornament", 1.69],
  ["22745", 'Poster "Brocante", 50 × 70 cm', 12.5],
  ["48187", "Doormat, New England", 7.95],
  ["22960", "Jam making set; 6 jars", 4.25],
  ["20725", "Lunch bag, red spotty", 1.65],
  ["23245", "Regency cake tin ø 24", 14.95],
  ["47566", "Party bunting", 4.95],
  ["10002", "Café crème cups, pair", 9.9],
] as const;

const TIERS = ["bronze", "silver", "gold"] as const;
const PAYMENTS = ["card", "card", "card", "mobile", "cash", "voucher"] as const;

/** @param index the transaction's number in the run, from 0; decides its id and time */
export function transaction(random: Random, index: number): Transaction {
  const store = random.pick(STORES);
  const items: Item[] = [];
  let cents = 0;
  for (let count = random.integer(1, 3); count > 0; count--) {
    const [sku, name, unitPrice] = random.pick(PRODUCTS);
    const quantity = random.integer(1, 6);
    cents += quantity * Math.round(unitPrice * 100);
    items.push({ sku, name, quantity, unit_price: unitPrice });
  }
  return {
    transaction_id: `t-${String(index).padStart(8, "0")}`,
    at: new Date(OPENING + index * 1500 + random.integer(0, 1499)).toISOString(),
    store: { id: store.id, city: store.city, country: store.country },
    customer: random.chance(0.2) ? null : { id: `c-${random.integer(10_000, 99_999)}`, tier: random.pick(TIERS) },
    items,
    payment: random.pick(PAYMENTS),
    currency: store.currency,
    total: cents / 100,
  };
}

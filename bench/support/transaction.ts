/** A shop's transaction: about 300 bytes as JSON, with one letter that is not ASCII. */
export const transaction = {
  transactionId: "t-0000004711",
  occurredAt: "2026-11-20T10:04:09.123Z",
  store: { id: 211, city: "Zürich" },
  items: [
    { sku: "sku-1044", description: "Tea light holder", quantity: 6, unitPrice: 2.55 },
    { sku: "sku-2087", description: "Metal lantern", quantity: 1, unitPrice: 3.39 },
  ],
  currency: "CHF",
  paid: true,
};

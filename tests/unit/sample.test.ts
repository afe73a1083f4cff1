import { sampled, sampleOf } from "../support/sample";

const names = Array.from({ length: 3000 }, (_, index) => `case ${index}`);

test("a full run tries every case", () => {
  expect(names.every((name) => sampled(name, true))).toBe(true);
});

test("a sample is the same each time, and about a third", () => {
  const first = names.filter((name) => sampled(name, false));
  expect(names.filter((name) => sampled(name, false))).toEqual(first);
  expect(first.length).toBeGreaterThan(900);
  expect(first.length).toBeLessThan(1100);
});

test("a rarer sample is a smaller one", () => {
  const rare = names.filter((name) => sampled(name, false, 6));
  expect(rare.length).toBeGreaterThan(400);
  expect(rare.length).toBeLessThan(600);
});

test("of a table something is always tried, and everything in a full run", () => {
  const table = names.map((name) => [name] as const);
  expect(sampleOf(table, true)).toEqual(table);
  for (const row of table.slice(0, 50)) expect(sampleOf([row], false)).toEqual([row]);
});

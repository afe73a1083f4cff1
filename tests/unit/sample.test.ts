import { sampled } from "../support/sample";

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

/** The driver hears of the engine's events what the SDK's own message would say. */
import { EventRequest } from "@pulumi/pulumi/proto/events_pb";
import { eventText } from "../../../engine/event-server";

test.each([
  ["an event", '{"sequence":1,"cancelEvent":{}}'],
  ["every character", '{"a":"é — 🦊 \\u003c"}'],
  ["a long one", JSON.stringify({ text: "x".repeat(300_000) })],
  ["none", ""],
])("of a request the text is read as the SDK reads it: %s", (_, text) => {
  const request = new EventRequest();
  request.setEvent(text);
  const bytes = Buffer.from(request.serializeBinary());
  expect(eventText(bytes)).toBe(text);
  expect(eventText(bytes)).toBe(EventRequest.deserializeBinary(bytes).getEvent());
});

test("fields that a newer engine sends along are passed over", () => {
  const request = new EventRequest();
  request.setEvent("{}");
  // Field 15, a text; field 16, a number.
  const added = Buffer.from([0x7a, 0x02, 0x61, 0x62, 0x80, 0x01, 0x05]);
  expect(eventText(Buffer.concat([added, Buffer.from(request.serializeBinary())]))).toBe("{}");
});

/** Resource groups. */
import type { ResourceModel } from "../../model";
import { NAMES, RESOURCE_GROUP, location, out, outJson, registry, str, tags } from "./common";

const resourceGroup: ResourceModel = {
  token: RESOURCE_GROUP,
  source: registry("resources/resourcegroup"),
  schema: RESOURCE_GROUP,
  id: "/subscriptions/{account}/resourceGroups/{resourceGroupName}",
  name: { property: "resourceGroupName", auto: true, digits: 8, separator: "", maxLength: 90 },
  properties: {
    location: {
      ...location,
      deviates: "a group has none to take it from: the provider's location, else it must be given",
    },
    managedBy: str({ replace: true }),
    resourceGroupName: str({
      replace: true,
      minLength: 1,
      maxLength: 90,
      pattern: "[\\w().-]*[\\w()-]",
      same: "lowercase",
      deviates: "a name does not end with a full stop",
    }),
    tags: tags(),
    azureApiVersion: out("2024-03-01"),
    name: out("{resourceGroupName}"),
    properties: outJson("object", { provisioningState: "Succeeded" }),
    type: out("Microsoft.Resources/resourceGroups"),
  },
  rules: [
    {
      name: "a group has a location",
      then: {
        all: [
          { property: "location", present: true },
          { property: "location", notEquals: "" },
        ],
      },
      message: "LocationRequired: `location` is required for a resource group",
      source: NAMES,
      at: "apply",
    },
  ],
  seconds: { create: 2, delete: 60 },
};

export const models: readonly ResourceModel[] = [resourceGroup];

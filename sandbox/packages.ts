/** Every package that the sandbox stands in for. */
import type { PackageModel } from "./model";
import { aws } from "./models/aws";
import { azureNative } from "./models/azure-native";
import { gcp } from "./models/gcp";
import { kubernetes } from "./models/kubernetes";
import { random } from "./models/random";

export const packages: readonly PackageModel[] = [aws, azureNative, gcp, kubernetes, random];

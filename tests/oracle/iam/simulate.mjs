// Judges cases (tests/support/iam_case.h) with npm @cloud-copilot/iam-simulate, one JSON case a line in, one array of
// its answers a line out.
//   node simulate.mjs MODULES < cases.jsonl            "Allowed", "ExplicitlyDenied", "ImplicitlyDenied" or "error: …"
//   node simulate.mjs MODULES --measure < cases.jsonl  instead: {"name", "decisions_per_s"}, in CPU time
// MODULES is the folder that holds node_modules.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import path from 'node:path'

const require = createRequire(path.join(path.resolve(process.argv[2]), 'package.json'))
const { anonymousPrincipal, runSimulation, runUnsafeSimulation } = require('@cloud-copilot/iam-simulate')

const named = (documents) => (documents ?? []).map((policy, i) => ({ name: `p${i}`, policy }))
const levels = (list) => (list ?? []).map((documents, i) => ({ orgIdentifier: `o${i}`, policies: named(documents) }))

// The root needs no Allow of its own.
const kEverything = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }

function simulationOf(policies, request) {
  const boundary = named(policies.boundary)
  return {
    request: {
      principal: request.principal === '*' ? anonymousPrincipal : request.principal,
      action: request.action,
      resource: { resource: request.resource, accountId: request.owner },
      contextVariables: { ...request.context, ...request.derived },
    },
    identityPolicies: named(request.principal.endsWith(':root') ? [kEverything] : policies.identity),
    serviceControlPolicies: levels(policies.service_control),
    resourceControlPolicies: levels(policies.resource_control),
    resourcePolicy: (policies.resource ?? policies.trust ?? [])[0],
    permissionBoundaryPolicies: boundary.length > 0 ? boundary : undefined,
    sessionPolicy: (policies.session ?? [])[0],
  }
}

// The careful entry wants resource control without AWS's own Allow, the first of each level.
const told = (list) => list.map((level) => ({ ...level, policies: level.policies.slice(1) }))

// The quick entry fails on any resource policy and passes over session policies; the careful one drops context keys
// that AWS does not document.
async function answer(simulation) {
  try {
    if (simulation.resourcePolicy === undefined && simulation.sessionPolicy === undefined) return runUnsafeSimulation(simulation, {})
    const found = await runSimulation({ ...simulation, resourceControlPolicies: told(simulation.resourceControlPolicies) }, {})
    return found.resultType === 'error' ? `error: ${JSON.stringify(found.errors)}` : found.overallResult
  } catch (error) {
    return `error: ${error.message}`
  }
}

async function measure({ name, policies, requests }) {
  const simulations = requests.map((request) => simulationOf(policies, request))
  await Promise.all(simulations.map(answer)) // warms up
  let decisions = 0
  let micros = 0
  for (const begin = process.cpuUsage(); micros < 2e6; micros = process.cpuUsage(begin).user) {
    await answer(simulations[decisions % simulations.length])
    decisions += 1
  }
  return { name, decisions_per_s: decisions / (micros / 1e6) }
}

for await (const line of createInterface({ input: process.stdin })) {
  const made = JSON.parse(line)
  const found = process.argv[3] === '--measure'
    ? await measure(made)
    : await Promise.all(made.requests.map((request) => answer(simulationOf(made.policies, request))))
  console.log(JSON.stringify(found))
}

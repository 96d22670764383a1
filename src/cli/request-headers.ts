/** Headers of a request to a service: JSON, with the API key of the environment where it has one. */
export function requestHeaders(): Record<string, string> {
  const key = process.env.NER_API_KEY
  return { 'content-type': 'application/json', ...(key && { 'x-api-key': key }) }
}

/**
 * The ONNX runtime sends usage data to its maker unless this variable is set before it is loaded; it also writes an
 * identifier of the device and a cache to the home folder, and a file to the temporary one. A service that reads
 * patient notes sends nothing to anybody.
 */
process.env.ORT_DISABLE_TELEMETRY = '1'

package event

// OpenProbing is OpenPG with another time between probes of a silent
// connection.
var OpenProbing = openPG

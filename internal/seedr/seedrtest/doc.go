// Package seedrtest is a simulator of the Seedr.cc REST API for tests and for
// trying things by hand: an account with slots, space and a wishlist, transfers
// that are fetched by a real downloader or from given content, folders, and
// nodes that serve the files by signed links.
//
// It is stricter than the real service: it refuses unknown parameters, wrong
// methods, missing credentials, credentials sent to a node and more calls than
// the client promises, and keeps a list of such violations. Each uncertainty
// about the real service is a switch, each fault can be injected.
//
// Nothing outside tests knows it.
package seedrtest

// Package api composes Longhaul's HTTP side: one package per audience over one
// kit, the OpenAPI document of all operations with its readable form, the pages
// of the web app, and the delivery of files on a listener of its own.
//
// It holds no business rule, no query and no workflow. Handlers identify the
// caller, check the input, call the one store interface that their package
// declares, and respond. None of them fetches a user's address; agents do.
package api

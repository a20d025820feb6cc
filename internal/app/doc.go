// Package app composes the programs: it opens what they need once, plugs the
// parts into one another and closes them in reverse. It holds no logic of its
// own.
package app

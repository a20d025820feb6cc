// Package enginetest holds the conformance suite that every engine passes, and
// what its tests need: a maker of torrents, a tracker, seeders of the embedded
// library and of qbittorrent-nox. It is for tests only.
package enginetest

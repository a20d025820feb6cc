"""Says what libtorrent makes of torrents and magnet links.

Reads records from the standard input: one byte, "t" or "m", four bytes of
length, and the source. Writes one line of JSON for each.
"""
import json
import struct
import sys

import libtorrent as lt


def torrent(data):
    info = lt.torrent_info(data)
    files = info.files()
    hashes = info.info_hashes()
    sizes = [
        files.file_size(i)
        for i in range(files.num_files())
        if not files.file_flags(i) & (lt.file_flags_t.flag_pad_file | lt.file_flags_t.flag_symlink)
    ]
    return {
        "v1": str(hashes.v1) if hashes.has_v1() else "",
        "v2": str(hashes.v2) if hashes.has_v2() else "",
        "sizes": sizes,
        "piece": info.piece_length(),
        "private": info.priv(),
    }


def magnet(data):
    params = lt.parse_magnet_uri(data.decode("latin-1"))
    hashes = params.info_hashes
    return {
        "v1": str(hashes.v1) if hashes.has_v1() else "",
        "v2": str(hashes.v2) if hashes.has_v2() else "",
    }


def main():
    source, out = sys.stdin.buffer, sys.stdout
    while head := source.read(5):
        kind, length = chr(head[0]), struct.unpack(">I", head[1:])[0]
        data = source.read(length)
        try:
            verdict = torrent(data) if kind == "t" else magnet(data)
        except Exception as e:  # libtorrent's, and what is no text
            verdict = {"error": str(e) or type(e).__name__}
        out.write(json.dumps(verdict) + "\n")
    out.flush()


main()

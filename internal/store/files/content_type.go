package files

import (
	"path"
	"strings"
)

// octetStream is the type of everything that is not known.
const octetStream = "application/octet-stream"

// contentType returns the media type for a file's name. It knows types by
// itself, so that the answer does not depend on the machine.
func contentType(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".mp4", ".m4v":
		return "video/mp4"
	case ".mkv":
		return "video/x-matroska"
	case ".webm":
		return "video/webm"
	case ".mov":
		return "video/quicktime"
	case ".avi":
		return "video/x-msvideo"
	case ".mpg", ".mpeg":
		return "video/mpeg"
	case ".ogv":
		return "video/ogg"
	case ".ts", ".m2ts":
		return "video/mp2t"
	default:
		return otherType(strings.ToLower(path.Ext(name)))
	}
}

func otherType(ext string) string {
	switch ext {
	case ".mp3":
		return "audio/mpeg"
	case ".m4a", ".m4b":
		return "audio/mp4"
	case ".flac":
		return "audio/flac"
	case ".ogg", ".oga", ".opus":
		return "audio/ogg"
	case ".wav":
		return "audio/wav"
	case ".aac":
		return "audio/aac"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".png":
		return "image/png"
	case ".gif":
		return "image/gif"
	case ".webp":
		return "image/webp"
	case ".avif":
		return "image/avif"
	case ".svg":
		return "image/svg+xml"
	case ".pdf":
		return "application/pdf"
	case ".epub":
		return "application/epub+zip"
	case ".zip":
		return "application/zip"
	case ".gz":
		return "application/gzip"
	case ".html", ".htm":
		return "text/html"
	case ".vtt":
		return "text/vtt"
	case ".srt":
		return "application/x-subrip"
	case ".txt", ".md", ".nfo", ".log":
		return "text/plain; charset=utf-8"
	default:
		return octetStream
	}
}

package source

import (
	"mime"
	"path"
)

// withExtension adds the extension of the media type to a name that has none. A
// type that says little, such as text/plain or application/octet-stream, adds
// none: README is the whole name.
func withExtension(name, contentType string) string {
	if path.Ext(name) != "" {
		return name
	}
	kind, _, _ := mime.ParseMediaType(contentType)
	if ext := extensions[kind]; ext != "" {
		return cutName(name, maxNameBytes-len(ext)) + ext
	}
	return name
}

// extensions are those of media types whose files have one usual extension. The
// tables of the system differ from machine to machine.
var extensions = map[string]string{
	"application/epub+zip":                           ".epub",
	"application/gzip":                               ".gz",
	"application/java-archive":                       ".jar",
	"application/json":                               ".json",
	"application/msword":                             ".doc",
	"application/pdf":                                ".pdf",
	"application/rtf":                                ".rtf",
	"application/vnd.android.package-archive":        ".apk",
	"application/vnd.debian.binary-package":          ".deb",
	"application/vnd.ms-cab-compressed":              ".cab",
	"application/vnd.ms-excel":                       ".xls",
	"application/vnd.ms-powerpoint":                  ".ppt",
	"application/vnd.oasis.opendocument.spreadsheet": ".ods",
	"application/vnd.oasis.opendocument.text":        ".odt",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         ".xlsx",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   ".docx",
	"application/vnd.rar":           ".rar",
	"application/vnd.sqlite3":       ".sqlite",
	"application/wasm":              ".wasm",
	"application/x-7z-compressed":   ".7z",
	"application/x-apple-diskimage": ".dmg",
	"application/x-bittorrent":      ".torrent",
	"application/x-bzip2":           ".bz2",
	"application/x-gzip":            ".gz",
	"application/x-iso9660-image":   ".iso",
	"application/x-msdownload":      ".exe",
	"application/x-rar-compressed":  ".rar",
	"application/x-rpm":             ".rpm",
	"application/x-tar":             ".tar",
	"application/x-xz":              ".xz",
	"application/x-zip-compressed":  ".zip",
	"application/xhtml+xml":         ".xhtml",
	"application/xml":               ".xml",
	"application/zip":               ".zip",
	"application/zstd":              ".zst",
	"audio/aac":                     ".aac",
	"audio/flac":                    ".flac",
	"audio/mp4":                     ".m4a",
	"audio/mpeg":                    ".mp3",
	"audio/ogg":                     ".ogg",
	"audio/opus":                    ".opus",
	"audio/wav":                     ".wav",
	"audio/webm":                    ".weba",
	"audio/x-flac":                  ".flac",
	"audio/x-wav":                   ".wav",
	"image/avif":                    ".avif",
	"image/bmp":                     ".bmp",
	"image/gif":                     ".gif",
	"image/jpeg":                    ".jpg",
	"image/png":                     ".png",
	"image/svg+xml":                 ".svg",
	"image/tiff":                    ".tiff",
	"image/webp":                    ".webp",
	"text/calendar":                 ".ics",
	"text/csv":                      ".csv",
	"text/html":                     ".html",
	"text/markdown":                 ".md",
	"text/vtt":                      ".vtt",
	"text/xml":                      ".xml",
	"video/mp2t":                    ".ts",
	"video/mp4":                     ".mp4",
	"video/mpeg":                    ".mpeg",
	"video/ogg":                     ".ogv",
	"video/quicktime":               ".mov",
	"video/webm":                    ".webm",
	"video/x-flv":                   ".flv",
	"video/x-matroska":              ".mkv",
	"video/x-ms-wmv":                ".wmv",
	"video/x-msvideo":               ".avi",
}

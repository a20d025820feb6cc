package library

import (
	"path"
	"strings"

	"longhaul/models"
)

// kindOf returns the kind of a file: by the extension of its path where that is
// known, else by its media type.
func kindOf(filePath, contentType string) models.FileKind {
	if k, known := kinds[strings.TrimPrefix(strings.ToLower(path.Ext(filePath)), ".")]; known {
		return k
	}
	switch major, _, _ := strings.Cut(contentType, "/"); major {
	case "video":
		return models.KindVideo
	case "audio":
		return models.KindAudio
	case "image":
		return models.KindImage
	case "text":
		return models.KindDocument
	}
	return models.KindOther
}

var kinds = kindTable(map[models.FileKind]string{
	models.KindVideo: "mp4 m4v mkv webm mov avi mpg mpeg ogv ts m2ts wmv flv 3gp vob",
	models.KindAudio: "mp3 m4a m4b flac ogg oga opus wav aac wma aiff ape alac mka",
	models.KindImage: "jpg jpeg png gif webp avif svg bmp tif tiff heic heif ico psd raw cr2 nef arw dng",
	models.KindDocument: "pdf epub mobi azw3 txt md markdown rst nfo log doc docx odt rtf xls xlsx ods csv tsv ppt pptx odp tex " +
		"html htm xml json yaml yml toml ini srt vtt ass sub djvu",
	models.KindArchive: "zip gz tgz bz2 xz zst 7z rar tar iso img dmg cab jar deb rpm apk",
})

func kindTable(of map[models.FileKind]string) map[string]models.FileKind {
	out := map[string]models.FileKind{}
	for kind, extensions := range of {
		for _, ext := range strings.Fields(extensions) {
			out[ext] = kind
		}
	}
	return out
}

package subtitle

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Readable reports whether a file's name is one of subtitles that can be read.
func Readable(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".srt", ".vtt", ".ass", ".ssa":
		return true
	default:
		return false
	}
}

// Films are the films of a job, by which the files beside them are told apart.
type Films struct {
	alone string          // the only one, without samples
	count int             // likewise
	stems map[string]bool // paths without extension, in small letters
}

// NewFilms returns the films that have these paths.
func NewFilms(paths []string) Films {
	f := Films{stems: make(map[string]bool, len(paths))}
	for _, p := range paths {
		f.stems[strings.ToLower(stem(p))] = true
		if !isSample(p) {
			f.alone, f.count = p, f.count+1
		}
	}
	return f
}

// stem returns a path without its extension.
func stem(p string) string { return strings.TrimSuffix(p, path.Ext(p)) }

// isSample reports whether a film is a short piece of another.
func isSample(p string) bool {
	for _, word := range strings.FieldsFunc(strings.ToLower(cut(p, 4<<10)), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if word == "sample" || word == "samples" || word == "trailer" {
			return true
		}
	}
	return false
}

// Beside reports whether the file is one of the film's subtitles, and what its
// name says. It is if it has the film's name, in the film's folder or in one for
// subtitles below; if it lies there in a folder with the film's name; and if there
// is no other film.
func (f Films) Beside(film, file string) (Words, bool) {
	if !Readable(file) {
		return Words{}, false
	}
	dir, name := path.Split(stem(file))
	own := path.Base(stem(film))
	rest, named := after(name, own)
	switch {
	case named && f.near(film, dir) && !f.better(film, name):
		return Describe(rest, true), true
	case f.count == 1 && f.alone == film:
		if named {
			return Describe(rest, true), true
		}
		return Describe(name, false), true
	case strings.EqualFold(path.Base(dir), own) && subtitleFolder(path.Base(path.Dir(path.Clean(dir)))) && strings.EqualFold(path.Dir(path.Dir(path.Clean(dir))), path.Dir(film)):
		return Describe(name, false), true
	}
	return Words{}, false
}

// near reports whether the folder is the film's, or one for subtitles in it.
func (f Films) near(film, dir string) bool {
	dir, home := path.Clean(dir), path.Dir(film)
	if dir == "" {
		dir = "."
	}
	return dir == home || (path.Dir(dir) == home && subtitleFolder(path.Base(dir)))
}

// better reports whether another film of the folder has more of the name.
func (f Films) better(film, name string) bool {
	home := strings.ToLower(path.Dir(film)) + "/"
	if home == "./" {
		home = ""
	}
	name = strings.ToLower(cut(name, maxName))
	for i, r := range name {
		if i > len(path.Base(stem(film))) && !word(r) && f.stems[home+name[:i]] {
			return true
		}
	}
	return len(name) > len(path.Base(stem(film))) && f.stems[home+name]
}

// after returns what follows the film's name, if that is where it ends.
func after(name, film string) (rest string, ok bool) {
	if film == "" || len(name) < len(film) || !strings.EqualFold(name[:len(film)], film) {
		return "", false
	}
	rest = name[len(film):]
	next, _ := utf8.DecodeRuneInString(rest)
	return rest, rest == "" || !word(next)
}

func word(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// subtitleFolder reports whether a folder's name is one of those that hold
// subtitles.
func subtitleFolder(name string) bool {
	switch strings.ToLower(name) {
	case "sub", "subs", "subtitle", "subtitles", "vtt", "srt", "untertitel", "sous-titres", "subtitulos", "napisy", "legendas":
		return true
	default:
		return false
	}
}

// DescribeUpload returns what the name of an uploaded file says of the subtitles
// in it. They belong to the film, whatever they are called.
func DescribeUpload(film, name string) Words {
	if rest, named := after(stem(name), path.Base(stem(film))); named {
		return Describe(rest, true)
	}
	return Describe(stem(name), false)
}

package subtitle

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"longhaul/internal/store/storetest"
)

// one is the WebVTT of a single cue from 1 s to 2 s.
func one(text string) string { return "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" + text + "\n" }

// srt is SubRip with one cue.
func srt(text string) string { return "1\n00:00:01,000 --> 00:00:02,000\n" + text + "\n" }

// ass is SubStation Alpha with one line of dialogue.
func ass(text string) string {
	return "[Script Info]\nTitle: x\n\n[V4+ Styles]\nFormat: Name, Italic, Alignment\nStyle: Default,0,2\nStyle: Sign,0,8\nStyle: Thought,-1,2\n\n" +
		"[Events]\nFormat: Layer, Start, End, Style, Name, Text\n" + text + "\n"
}

func dialogue(text string) string {
	return ass("Dialogue: 0,0:00:01.00,0:00:02.00,Default,Anna," + text)
}

func TestWhatBecomesOfSubtitles(t *testing.T) {
	t.Parallel()
	two := "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nA\n\n00:00:03.000 --> 00:00:04.000\nB\n"
	for name, c := range map[string]struct{ in, want string }{
		"plain":                        {srt("Hello"), one("Hello")},
		"byte order mark":              {"\ufeff" + srt("Hello"), one("Hello")},
		"carriage returns":             {strings.ReplaceAll(srt("Hello\nyou"), "\n", "\r\n"), one("Hello\nyou")},
		"old Mac line ends":            {strings.ReplaceAll(srt("Hello"), "\n", "\r"), one("Hello")},
		"no empty line between cues":   {"1\n00:00:01,000 --> 00:00:02,000\nA\n2\n00:00:03,000 --> 00:00:04,000\nB", two},
		"no numbers":                   {"00:00:01,000 --> 00:00:02,000\nA\n\n00:00:03,000 --> 00:00:04,000\nB", two},
		"points in times":              {"1\n00:00:01.000 --> 00:00:02.000\nHello", one("Hello")},
		"times without hours":          {"1\n00:01,000 --> 00:02,000\nHello", one("Hello")},
		"colons before milliseconds":   {"1\n00:00:01:000 --> 00:00:02:000\nHello", one("Hello")},
		"short fractions":              {"1\n0:0:1 --> 0:0:1,5\nHello", "WEBVTT\n\n00:00:01.000 --> 00:00:01.500\nHello\n"},
		"coordinates":                  {"1\n00:00:01,000 --> 00:00:02,000  X1:1 X2:2\nHello", one("Hello")},
		"empty lines in a text":        {srt("Hello\n\nyou"), one("Hello\nyou")},
		"a number as text":             {srt("1984") + "\n2\n00:00:03,000 --> 00:00:04,000\nB", "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n1984\n\n00:00:03.000 --> 00:00:04.000\nB\n"},
		"not in order":                 {"00:00:03,000 --> 00:00:04,000\nB\n\n00:00:01,000 --> 00:00:02,000\nA", two},
		"overlapping":                  {"00:00:01,000 --> 00:00:09,000\nA\n\n00:00:02,000 --> 00:00:04,000\nB", "WEBVTT\n\n00:00:01.000 --> 00:00:09.000\nA\n\n00:00:02.000 --> 00:00:04.000\nB\n"},
		"a broken time":                {"00:00:01,000 --> 00:00:02,000\nA\n\n2\n00:0x:00,000 --> 00:00:02,000\nlost\n\n3\n00:00:03,000 --> 00:00:04,000\nB", two},
		"no end":                       {"00:00:01,000 --> 00:00:02,000\nA\n\n2\n00:00:02,000 -->\nlost\n\n3\n00:00:03,000 --> 00:00:04,000\nB", two},
		"an end before the start":      {"00:00:05,000 --> 00:00:02,000\nlost\n\n" + srt("Hello"), one("Hello")},
		"a negative time":              {"1\n-00:00:01,000 --> 00:00:02,000\nHello", "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nHello\n"},
		"hundreds of hours":            {"1\n100:00:00,000 --> 100:00:01,000\nHello", "WEBVTT\n\n100:00:00.000 --> 100:00:01.000\nHello\n"},
		"an arrow in a text":           {srt("left --> right"), one("left --&gt; right")},
		"styles":                       {srt("<i>Hello</i> <B>you</B> <font color=\"red\">there</font>"), one("<i>Hello</i> <b>you</b> there")},
		"styles that cross":            {srt("<b>a<i>b</b>c</i>d"), one("<b>a<i>b</i></b><i>c</i>d")},
		"styles left open":             {srt("<i>Hello\nyou"), one("<i>Hello\nyou</i>")},
		"HTML":                         {srt(`<script>alert(1)</script><img src=x onerror=alert(1)>Hello`), one("alert(1)Hello")},
		"a tag that never ends":        {srt("<script Hello & you"), one("&lt;script Hello &amp; you")},
		"a heart and entities":         {srt("<3 &amp; &lt;b&gt; &copy; a < b"), one("&lt;3 &amp; &lt;b&gt; &amp;copy; a &lt; b")},
		"at the top":                   {srt(`{\an8}Hello`), "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:0\nHello\n"},
		"at the left in the middle":    {srt(`{\an4}Hello`), "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:50% align:left\nHello\n"},
		"braces that are text":         {srt("{sighs} Hello"), one("{sighs} Hello")},
		"NUL bytes":                    {srt("He\x00llo"), one("Hello")},
		"control characters":           {srt("He\x1b[31mllo\x07"), one("He[31mllo")},
		"WebVTT":                       {"WEBVTT - a title\nKind: captions\n\nNOTE nothing\nhere\n\nSTYLE\n::cue { background: url(http://x) }\n\nintro\n00:01.000 --> 00:02.000 align:start line:10% region:x evil:1\n<v Anna>Hello <c.red>you</c><00:00:01.500>!\n\nafter", "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 align:start line:10%\nHello you!\n"},
		"WebVTT that says too little":  {"WEBVTT\n\n00:01.000 --> 00:02.000 line:1e9 position:x align:start;\nHello", one("Hello")},
		"a script":                     {dialogue(`Hello\Nyou, {\i1}there{\i0} {comment}{\fnArial\blur3}\h& <you>`), one("Hello\nyou, <i>there</i> \u00a0&amp; &lt;you&gt;")},
		"a script's drawing":           {dialogue(`{\p1}m 0 0 l 100 0{\p0}Hello`), one("Hello")},
		"a script's place":             {dialogue(`{\pos(1,2)\a6}Hello`), "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:0\nHello\n"},
		"a script's styles":            {ass("Dialogue: 0,0:00:01.00,0:00:02.00,Sign,,Inn\nDialogue: 0,0:00:03.00,0:00:04.00,Thought,,Why?"), "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:0\nInn\n\n00:00:03.000 --> 00:00:04.000\n<i>Why?</i>\n"},
		"a script's comments and junk": {ass("Comment: 0,0:00:01.00,0:00:02.00,Default,,no\nDialogue: broken\nDialogue: 0,x,0:00:02.00,Default,,no\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,Hello"), one("Hello")},
		"a script without its head":    {"Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,Hello, you", one("Hello, you")},
		"layers of the same":           {ass(strings.Repeat("Dialogue: 0,0:00:01.00,0:00:02.00,Default,,Hello\n", 3)), one("Hello")},
		"only styles":                  {srt("<i></i>{\\an8}") + "\n\n00:00:01,000 --> 00:00:02,000\nHello", one("Hello")},
	} {
		got, err := WebVTT(c.in, 0)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, c.want)
		}
	}
}

func TestWhatIsNoSubtitles(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"nothing": "", "words": "just\nwords\n", "only a head": "WEBVTT\n\n", "only drawings": dialogue(`{\p1}m 0 0`), "zeros": strings.Repeat("\x00", 1000),
		"too much": srt(strings.Repeat("x", MaxSize)), "an endless line": strings.Repeat("x", MaxSize), "frames": "{0}{25}Hello\n",
	} {
		if got, err := WebVTT(in, 0); !errors.Is(err, ErrNone) {
			t.Errorf("%s: %.60q, %v", name, got, err)
		}
	}
}

// Encodings are told apart by the text and, where they look alike, by the language.
func TestEncodings(t *testing.T) {
	t.Parallel()
	utf16le, utf16be := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	bare := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	for name, c := range map[string]struct {
		enc        encoding.Encoding
		lang, text string
	}{
		"UTF-8": {unicode.UTF8, "", "Příliš žluťoučký"}, "UTF-16 LE": {utf16le, "", "Příliš 日本"}, "UTF-16 BE": {utf16be, "", "Příliš 日本"}, "UTF-16 without mark": {bare, "", "Hello there"},
		"ISO 8859-2": {charmap.ISO8859_2, "cs", "Příliš žluťoučký kůň"}, "windows-1250": {charmap.Windows1250, "cs", "Příliš žluťoučký kůň"}, "windows-1251": {charmap.Windows1251, "", "Привет, как дела сегодня"},
		"KOI8-R": {charmap.KOI8R, "ru", "Привет, как дела сегодня"}, "windows-1252": {charmap.Windows1252, "", "Où êtes-vous, garçon?"}, "windows-1253": {charmap.Windows1253, "el", "Καλημέρα κόσμε"},
		"windows-1254": {charmap.Windows1254, "tr", "Günaydın şöyle ığdır"}, "windows-1255": {charmap.Windows1255, "he", "שלום עולם"}, "windows-1256": {charmap.Windows1256, "ar", "مرحبا بالعالم"},
		"windows-1257": {charmap.Windows1257, "lt", "Labas rytas, ąžuolėli"}, "windows-874": {charmap.Windows874, "th", "สวัสดีชาวโลก"},
		"GBK": {simplifiedchinese.GBK, "", "你好，世界。我们今天在这里看电影"}, "Big5": {traditionalchinese.Big5, "", "你好，世界。我們今天在這裡看電影"},
		"Shift_JIS": {japanese.ShiftJIS, "", "こんにちは、世界。元気ですか"}, "EUC-JP": {japanese.EUCJP, "ja", "こんにちは、世界。元気ですか"}, "EUC-KR": {korean.EUCKR, "", "안녕하세요 세계 여러분 오늘은"},
	} {
		data := storetest.Must[[]byte](t)(c.enc.NewEncoder().Bytes([]byte(srt(c.text))))
		if got := Decode(data, c.lang); got != srt(c.text) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := Decode([]byte(srt("broken \xff\xfe\x81")), "th"); !strings.Contains(got, "broken") {
		t.Errorf("bytes of no encoding: %q", got)
	}
}

// Subtitles can be moved; what would end before the film begins goes.
func TestSubtitlesAreMoved(t *testing.T) {
	t.Parallel()
	in := "00:00:01,000 --> 00:00:02,000\nA\n\n00:00:03,000 --> 00:00:04,000\nB"
	for offset, want := range map[time.Duration]string{
		90 * time.Second:         "WEBVTT\n\n00:01:31.000 --> 00:01:32.000\nA\n\n00:01:33.000 --> 00:01:34.000\nB\n",
		-3500 * time.Millisecond: "WEBVTT\n\n00:00:00.000 --> 00:00:00.500\nB\n",
		-MaxOffset:               "WEBVTT\n",
	} {
		if got, err := WebVTT(in, offset); err != nil || string(got) != want {
			t.Errorf("moved by %v: %q, %v", offset, got, err)
		}
	}
}

// Work and memory grow with the size alone, whatever is in it.
func TestSubtitlesCostWhatTheyWeigh(t *testing.T) {
	t.Parallel()
	var many strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&many, "%d\n%02d:%02d:%02d,000 --> %02d:%02d:%02d,900\nx\n\n", i, i/3600, i/60%60, i%60, i/3600, i/60%60, i%60)
	}
	full := func(piece string) string { return strings.Repeat(piece, (MaxSize-4096)/len(piece)) }
	for name, in := range map[string]string{
		"100 000 cues": many.String(), "open tags": srt(full("<b>x")), "open braces": srt(full(`{\`)), "tags without end": srt(full("<a ")), "crossing tags": srt(full("<b><i><u></b>")),
		"endless lines": srt(full("x")), "many lines": srt(full("x\n")), "arrows": full("0-->"), "times": full("00:00:01,000 --> 00:00:02,000\n<\n"), "ampersands": srt(full("&")),
		"tags of scripts": dialogue(full(`{\i1}x{\i0`)), "columns": ass("Format: " + full("text,")), "styles": "[V4+ Styles]\nFormat: Name, Italic, Alignment\n" + full("Style: x,0,2\n"), "commas": ass("Dialogue: " + full(",")),
		"sections": "[Events]\n" + full("[x]\n"),
	} {
		began := time.Now()
		out, _ := WebVTT(in, 0)
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if len(out) > 8*MaxSize {
			t.Errorf("%s: %d bytes came of %d", name, len(out), len(in))
		}
		if name == "100 000 cues" && strings.Count(string(out), arrow) != 100_000 {
			t.Errorf("%d cues", strings.Count(string(out), arrow))
		}
	}
}

// FuzzWebVTT holds that what comes out is WebVTT of our own making: it has no tags
// but ours, no empty cue, and times in order.
func FuzzWebVTT(f *testing.F) {
	for _, s := range []string{
		srt("<i>Hello</b> {\\an8}&lt;"), dialogue(`{\p1}m 0 0{\p0}\N{\r}x`), "WEBVTT\n\n00:01.000 --> 00:02.000 line:0\n<v A>x", "0:1-->0:2\n-->\n<", srt("\x00\xff&amp"),
	} {
		f.Add([]byte(s), int64(0))
	}
	f.Fuzz(func(t *testing.T, data []byte, offset int64) {
		moved := time.Duration(offset%600_000) * time.Millisecond
		out, err := WebVTT(Decode(data, ""), moved)
		if err != nil {
			if !errors.Is(err, ErrNone) {
				t.Fatal(err)
			}
			return
		}
		checkVTT(t, string(out))
	})
}

// checkVTT reads WebVTT strictly.
func checkVTT(t *testing.T, out string) {
	t.Helper()
	rest, ok := strings.CutPrefix(out, "WEBVTT\n")
	if !ok || strings.ContainsAny(out, "\x00\r") {
		t.Fatalf("not WebVTT: %q", out)
	}
	last := time.Duration(-1)
	for block := range strings.SplitSeq(strings.TrimPrefix(rest, "\n"), "\n\n") {
		if block == "" {
			continue
		}
		times, text, ok := strings.Cut(block, "\n")
		left, right, arrows := strings.Cut(times, " "+arrow+" ")
		end, _, _ := strings.Cut(right, " ")
		start, ok1 := clock(left)
		stop, ok2 := clock(end)
		if !ok || !arrows || !ok1 || !ok2 || start < last || stop <= start {
			t.Fatalf("a cue is %q", block)
		}
		last = start
		text = strings.TrimSuffix(text, "\n")
		if bare := tags.Replace(text); strings.TrimSpace(bare) == "" || strings.ContainsAny(bare, "<>") || strings.Contains(text, arrow) {
			t.Fatalf("a text is %q", text)
		}
	}
}

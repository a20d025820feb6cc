package charset_test

import (
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"longhaul/internal/charset"
	"longhaul/internal/growthtest"
)

func encoded(t *testing.T, enc encoding.Encoding, names ...string) (out [][]byte) {
	t.Helper()
	for _, n := range names {
		b, err := enc.NewEncoder().Bytes([]byte(n))
		if err != nil {
			t.Fatalf("%q: %v", n, err)
		}
		out = append(out, b)
	}
	return out
}

// TestGuesses decodes names that say nothing of their encoding.
func TestGuesses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		enc   encoding.Encoding
		names []string
	}{
		{"gbk", simplifiedchinese.GBK, []string{"中文.txt"}},
		{"gbk", simplifiedchinese.GBK, []string{"大闹天宫", "第01集.mkv", "说明.txt", "readme.txt"}},
		{"gbk", simplifiedchinese.GBK, []string{"测试文件夹", "电影"}},
		{"shift_jis", japanese.ShiftJIS, []string{"日本語.txt"}},
		{"shift_jis", japanese.ShiftJIS, []string{"となりのトトロ", "第01話「はじまり」.mkv"}},
		{"shift_jis", japanese.ShiftJIS, []string{"テスト.txt"}},
		{"euc-jp", japanese.EUCJP, []string{"日本語のファイル.txt"}},
		{"euc-kr", korean.EUCKR, []string{"한국어 자막이 있는 영화.avi"}},
		{"big5", traditionalchinese.Big5, []string{"繁體中文測試檔案.txt", "說明"}},
		{"windows-1251", charmap.Windows1251, []string{"Фильм", "Серия 1.avi"}},
		{"koi8-r", charmap.KOI8R, []string{"Русский фильм.avi"}},
		{"gbk", simplifiedchinese.GBK, []string{"资.txt"}},
		{"gbk", simplifiedchinese.GBK, []string{"第1集.mkv"}},
		{"windows-1252", charmap.Windows1252, []string{"größe.txt"}},
		{"windows-1252", charmap.Windows1252, []string{"CRÉÉE.txt"}},
		{"windows-1252", charmap.Windows1252, []string{"SMÆØR (1999).avi", "VÄÖR.avi"}},
		{"windows-1252", charmap.ISO8859_1, []string{"Français.txt", "Été à Noël"}},
		{"windows-1252", charmap.Windows1252, []string{"Señor – “El Niño”.mp3"}},
		{"windows-1252", charmap.Windows1252, []string{"Motörhead", "Sigur Rós - Ágætis byrjun"}},
	} {
		names := encoded(t, tt.enc, tt.names...)
		d := charset.New("", names)
		if d.Name != tt.name || !d.Guessed {
			t.Errorf("%q is taken for %q, want %s", tt.names, d.Name, tt.name)
		}
		for i, n := range names {
			if got := d.Decode(n); got != tt.names[i] {
				t.Errorf("%q in %s is read as %q", tt.names[i], tt.name, got)
			}
		}
	}
}

func TestDeclaredEncodings(t *testing.T) {
	t.Parallel()
	for label, enc := range map[string]encoding.Encoding{
		"GBK": simplifiedchinese.GBK, "gb2312": simplifiedchinese.GBK, "GB18030": simplifiedchinese.GB18030, "936": simplifiedchinese.GBK,
		"CP936": simplifiedchinese.GBK, " Shift_JIS ": japanese.ShiftJIS, "SJIS": japanese.ShiftJIS, "cp932": japanese.ShiftJIS, "windows-31j": japanese.ShiftJIS,
		"BIG5": traditionalchinese.Big5, "EUC-KR": korean.EUCKR, "949": korean.EUCKR,
	} {
		names := encoded(t, enc, "一", "readme.txt")
		if enc == korean.EUCKR {
			names = encoded(t, enc, "한", "readme.txt")
		}
		d := charset.New(label, names)
		if d.Name == "" || d.Guessed {
			t.Errorf("%q is not used: %+v", label, d)
		}
		if got := d.Decode(names[0]); got != "一" && got != "한" {
			t.Errorf("%q: %q", label, got)
		}
	}
}

// TestWrongDeclarations guesses where the names are not in the encoding.
func TestWrongDeclarations(t *testing.T) {
	t.Parallel()
	names := encoded(t, simplifiedchinese.GBK, "中文文件", "测试")
	for _, label := range []string{"", "UTF-8", "utf8", "nonsense", "Shift_JIS", "utf-16", "replacement", "65001"} {
		if d := charset.New(label, names); d.Name != "gbk" || !d.Guessed {
			t.Errorf("%q: %+v", label, d)
		}
	}
}

func TestUTF8Stays(t *testing.T) {
	t.Parallel()
	for _, label := range []string{"", "GBK", "UTF-8"} {
		d := charset.New(label, [][]byte{[]byte("größe"), []byte("中文"), []byte("a")})
		if d.Name != "" || d.Decode([]byte("größe")) != "größe" || d.Decode([]byte("\xff")) != "\xff" {
			t.Errorf("%q: %+v", label, d)
		}
	}
	// A name that is UTF-8 beside others that are not.
	d := charset.New("", append(encoded(t, simplifiedchinese.GBK, "测试文件"), []byte("größe")))
	if d.Name != "gbk" || d.Decode([]byte("größe")) != "größe" {
		t.Errorf("%+v", d)
	}
}

func TestGuessesCostWhatTheyWeigh(t *testing.T) {
	growthtest.Linear(t, 20_000, func(n int) func() {
		names := make([][]byte, n)
		for i := range names {
			names[i] = []byte{0xD6, 0xD0, 0xCE, 0xC4, byte(i)}
		}
		return func() {
			d := charset.New("", names)
			for _, name := range names {
				d.Decode(name)
			}
		}
	})
}

func FuzzGuess(f *testing.F) {
	f.Add("GBK", []byte("\xd6\xd0\xce\xc4"))
	f.Add("", []byte("gr\xf6\xdfe"))
	f.Fuzz(func(t *testing.T, label string, name []byte) {
		d := charset.New(label, [][]byte{name})
		d.Decode(name)
	})
}

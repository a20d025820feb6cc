package probe

import "fmt"

// profilesH264 are the numbers of profiles, and the constraints that their names
// stand for.
var profilesH264 = map[string]string{
	"Constrained Baseline": "42E0", "Baseline": "4200", "Main": "4D40", "Extended": "5800", "High": "6400",
	"High 10": "6E00", "High 10 Intra": "6E10", "High 4:2:2": "7A00", "High 4:2:2 Intra": "7A10", "High 4:4:4 Predictive": "F400",
}

// videoCodecs names the codec as RFC 6381 does; empty if browsers have no word for it.
func (t stream) videoCodecs() string {
	switch t.Codec {
	case "h264":
		profile, ok := profilesH264[t.Profile]
		if !ok || t.Level <= 0 || t.Level > 255 {
			return ""
		}
		return fmt.Sprintf("avc1.%s%02X", profile, t.Level)
	case "hevc":
		return t.hevc()
	case "vp8":
		return "vp8"
	case "vp9":
		return t.vp9()
	case "av1":
		profile, ok := map[string]int{"Main": 0, "High": 1, "Professional": 2}[t.Profile]
		if !ok || t.Level < 0 || t.Level > 31 {
			return ""
		}
		return fmt.Sprintf("av01.%d.%02dM.%02d", profile, t.Level, t.depth())
	default:
		return ""
	}
}

func (t stream) hevc() string {
	profile, ok := map[string]string{"Main": "1.6", "Main 10": "2.4", "Main Still Picture": "3.E", "Rext": "4.10"}[t.Profile]
	if !ok || t.Level <= 0 || t.Level > 255 {
		return ""
	}
	return fmt.Sprintf("hvc1.%s.L%d.B0", profile, t.Level)
}

// levelsVP9 are the levels by the largest picture that they allow.
var levelsVP9 = []struct{ level, pixels int }{
	{10, 36_864}, {11, 73_728}, {20, 122_880}, {21, 245_760}, {30, 552_960}, {31, 983_040}, {41, 2_228_224}, {51, 8_912_896}, {61, 35_651_584},
}

func (t stream) vp9() string {
	profile, ok := map[string]int{"Profile 0": 0, "Profile 1": 1, "Profile 2": 2, "Profile 3": 3}[t.Profile]
	if !ok {
		return ""
	}
	for _, l := range levelsVP9 {
		if t.Width*t.Height <= l.pixels {
			return fmt.Sprintf("vp09.%02d.%02d.%02d", profile, l.level, t.depth())
		}
	}
	return ""
}

// audioCodecs names the codec as RFC 6381 does; empty if browsers have no word for it.
func (t stream) audioCodecs() string {
	switch t.Codec {
	case "aac":
		switch t.Profile {
		case "HE-AAC":
			return "mp4a.40.5"
		case "HE-AACv2":
			return "mp4a.40.29"
		default:
			return "mp4a.40.2"
		}
	case "ac3":
		return "ac-3"
	case "eac3":
		return "ec-3"
	case "dts":
		return "dtsc"
	case "mp3", "opus", "vorbis", "flac", "alac":
		return t.Codec
	default:
		return ""
	}
}

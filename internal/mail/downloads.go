package mail

import (
	"fmt"
	"strconv"

	"longhaul/models"
)

// downloads is a mail about downloads that have ended or need their owner, who
// chose to be told.
func (w writer) downloads() letter {
	more, _ := strconv.Atoi(w.mail.Params[models.MailParamMore])
	names := w.names()
	all := len(names) + more
	said := map[models.MailKind]struct{ one, many, lead, button string }{
		models.MailDownloadsReady:   {"Your download is ready", "%d downloads are ready", "Ready to stream or save:", "Open your downloads"},
		models.MailDownloadsFailed:  {"Your download failed", "%d downloads failed", "Longhaul could not finish this. Its page says why and what you can do:", "See why"},
		models.MailDownloadsNeedYou: {"Your download needs you", "%d downloads need you", "This can't continue until you decide. Its page says what is needed:", "See what is needed"},
	}[w.mail.Kind]
	l := letter{
		Subject: said.one + ": " + names[0], Lead: w.listed(said.lead), Button: &button{said.button, w.page("/")},
		Tail: []string{"You get this mail because you asked for it. Change that under Settings, Notifications."},
	}
	if all > 1 {
		l.Subject = fmt.Sprintf(said.many, all)
	}
	return l
}

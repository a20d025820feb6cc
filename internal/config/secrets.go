package config

// Secrets returns the secrets in force that a restore compares, by the names of
// their settings: not SECRET_KEY, nor the database's password, which is another
// one in another place, nor what a collector of traces asks for. Those that are not set are left out.
func (c Config) Secrets() map[string]string {
	all := map[string]string{
		"S3_SECRET_ACCESS_KEY": c.Storage.SecretAccessKey,
		"RESEND_API_KEY":       c.Mail.ResendKey,
		"TURNSTILE_SECRET_KEY": c.Accounts.TurnstileSecretKey,
		"SEEDR_EMAIL":          c.Seedr.Email.Reveal(),
		"SEEDR_PASSWORD":       c.Seedr.Password.Reveal(),
	}
	if c.Storage.UploadSecret != c.Storage.SecretAccessKey { // one that was given
		all["S3_UPLOAD_SECRET_ACCESS_KEY"] = c.Storage.UploadSecret
	}
	for name, value := range all {
		if value == "" {
			delete(all, name)
		}
	}
	return all
}

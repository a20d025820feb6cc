package account

// The actions that a bot check protects, as the widget names them.
const (
	botLogin    = "login"
	botRegister = "register"
	botReset    = "reset"
)

"""Our forms in place of the library's, by the names it has for them; read by the settings."""

ACCOUNT = {
    "change_password": "summit.accounts.password_forms.ChangePasswordForm",
    "set_password": "summit.accounts.password_forms.SetPasswordForm",
    "reset_password_from_key": "summit.accounts.password_forms.ResetPasswordKeyForm",
    "request_login_code": "summit.accounts.known_addresses.CodeForm",
    "confirm_login_code": "summit.accounts.known_addresses.TypedCodeForm",
    "confirm_email_verification_code": "summit.accounts.known_addresses.TypedProofForm",
    "reset_password": "summit.accounts.known_addresses.ResetForm",
}

MFA = {
    "authenticate": "summit.accounts.security_events.AuthenticateForm",
    "reauthenticate": "summit.accounts.security_events.ReauthenticateForm",
    "login_webauthn": "summit.accounts.security_events.LoginPasskeyForm",
    "authenticate_webauthn": "summit.accounts.security_events.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "summit.accounts.security_events.ReauthenticatePasskeyForm",
}

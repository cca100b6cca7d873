#pragma once
// The language of everything that is said, switchable while the program runs.
#include <QString>
#include <QStringList>

namespace quantwright::words {

/// "en" and "zh".
[[nodiscard]] QStringList languages();
/// From LC_ALL, LC_MESSAGES, LANG, the first that is set: "zh" for any Chinese, else "en".
[[nodiscard]] QString systemLanguage();
/// Installs the translators for `language` in place of the ones before; unknown ones count as "en". Widgets
/// get a LanguageChange event.
void setLanguage(const QString& language);
[[nodiscard]] QString currentLanguage();

}  // namespace quantwright::words

#pragma once
// The program's icons: one-colour drawings, tinted in the theme's colours whenever they are painted,
// so an icon set once follows every change of theme.
#include <QIcon>
#include <QStringList>

namespace quantwright {

enum class IconTint { Text, Quiet, Accent, OnAccent, Better, Stale, Worse };

/// Makes the icons reachable under :/icons; called by the functions below, harmless to repeat.
void loadIcons();

/// `name` as in resources/icons without ".svg": "open", "zoom-in"... Null icon if there is none.
[[nodiscard]] QIcon themedIcon(const QString& name, IconTint tint = IconTint::Text);
/// The application's own picture, in its own colours.
[[nodiscard]] QIcon applicationIcon();
[[nodiscard]] QStringList iconNames();

}  // namespace quantwright

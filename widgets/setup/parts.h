#pragma once
// Small pieces that the pages of the set-up share.
#include <QLabel>
#include <QString>
#include <filesystem>

namespace quantwright::setup {

/// A wrapping label. Plain text: some of it was said by machines that nobody knows yet.
[[nodiscard]] QLabel* paragraph(QWidget* parent, const char* role = nullptr);
/// The same, in the face of figures and to be selected.
[[nodiscard]] QLabel* code(QWidget* parent);
void give_role(QWidget* widget, const char* role);

/// "~/" as a shell takes it: that is how keys are spoken of.
[[nodiscard]] std::filesystem::path to_path(const QString& text);
/// The other way round.
[[nodiscard]] QString spoken_of(const QString& path);

}  // namespace quantwright::setup

#pragma once
// Image files as pictures on the screen. Any thread.
#include <QImage>
#include <QString>

namespace quantwright {

/// Upright, no side longer than `longest` pixels; null where it is no image. What Qt can't read is decoded as
/// the network gets it.
[[nodiscard]] QImage readPicture(const QString& path, int longest);
/// Fills `size`, what is outside of it cut off.
[[nodiscard]] QImage thumbnail(const QString& path, QSize size);

/// Where a sample's file is: `source` is the folder or list that names it.
[[nodiscard]] QString pictureFile(const QString& source, const QString& relative);

}  // namespace quantwright

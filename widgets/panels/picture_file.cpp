#include "widgets/panels/picture_file.h"

#include <QFileInfo>
#include <QImageReader>

#include "core/images/input_reader.h"

namespace quantwright {
namespace {

QImage decoded(const QString& path) {
    const auto pixels = decode_image(path.toStdString(), 3);
    if (!pixels)
        return {};
    return QImage(pixels->data.data(), pixels->width, pixels->height, qsizetype{3} * pixels->width,
                  QImage::Format_RGB888)
        .copy();
}

}  // namespace

QImage readPicture(const QString& path, int longest) {
    QImageReader reader(path);
    reader.setAutoTransform(true);
    const QSize size = reader.size(), bound(longest, longest);
    const auto too_large = [&](QSize one) { return one.width() > longest || one.height() > longest; };
    if (size.isValid() && too_large(size))
        reader.setScaledSize(size.scaled(bound, Qt::KeepAspectRatio));
    QImage image = reader.read();
    if (image.isNull())
        image = decoded(path);
    if (!image.isNull() && too_large(image.size()))
        image = image.scaled(bound, Qt::KeepAspectRatio, Qt::SmoothTransformation);
    return image;
}

QImage thumbnail(const QString& path, QSize size) {
    // Twice as large first, so that scaling down smooths.
    const QImage image = readPicture(path, 4 * std::max(size.width(), size.height()));
    if (image.isNull())
        return {};
    const QImage scaled = image.scaled(size, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
    return scaled.copy((scaled.width() - size.width()) / 2, (scaled.height() - size.height()) / 2,
                       size.width(), size.height());
}

QString pictureFile(const QString& source, const QString& relative) {
    if (QFileInfo(relative).isAbsolute())
        return relative;
    const QFileInfo from(source);
    return (from.isDir() ? from.filePath() : from.path()) + QLatin1Char('/') + relative;
}

}  // namespace quantwright

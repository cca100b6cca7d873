#pragma once
// Results of networks drawn over the images that they are of: boxes, masks, texts, scores.
#include <QColor>
#include <QImage>
#include <QRectF>
#include <QString>
#include <QTransform>
#include <QVector>
#include <optional>
#include <string>
#include <vector>

#include "core/task/shown.h"

class QPainter;

namespace quantwright {

/// The same class has the same colour everywhere; told apart on photographs, light and dark.
[[nodiscard]] QColor classColour(int category);
[[nodiscard]] QString className(const std::vector<std::string>& names, int category);

struct BoxLook {
    const std::vector<std::string>& names;
    std::optional<int> category;  ///< only these
};
/// `to_screen`: from the image's pixels. Boxes that the other network doesn't show (`alone`) are thicker, and
/// have a triangle before their name.
void paintBoxes(QPainter& painter, const Detections& boxes, const std::vector<bool>& alone,
                const QTransform& to_screen, const BoxLook& look);

/// The mask in the classes' colours, translucent; denser where the other mask differs. At the mask's own
/// size.
[[nodiscard]] QImage maskPicture(const RunMask& mask, const RunMask* other,
                                 const std::vector<std::string>& names, std::optional<int> category);
/// Where the whole mask lies in the image's pixels: preprocessing undone.
[[nodiscard]] QRectF maskPlace(const Geometry& geometry);

/// By character of `text`: it is not in `other` where it stands (the fewest insertions, deletions and
/// substitutions).
[[nodiscard]] QVector<bool> differing(const QString& text, const QString& other);
void paintText(QPainter& painter, const QRectF& place, const QString& text, const QVector<bool>& marked);

void paintScores(QPainter& painter, const QRectF& place, const Ranking& ranking,
                 const std::vector<std::string>& names, std::optional<int> first_of_other);

}  // namespace quantwright

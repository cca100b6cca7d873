#pragma once
// Where the next deployment goes: an address, perhaps a key, how many images; and the button.
#include <QWidget>
#include <filesystem>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace quantwright {

class DeployForm : public QWidget {
    Q_OBJECT
public:
    explicit DeployForm(QWidget* parent = nullptr);
    [[nodiscard]] QString address() const;
    /// Tells nobody.
    void setAddress(const QString& address);
    /// Offered while one is typed.
    void setAddresses(const QStringList& addresses);
    [[nodiscard]] std::filesystem::path key() const;
    /// "~/" as a shell takes it: that is how keys are spoken of.
    [[nodiscard]] static std::filesystem::path toPath(const QString& text);
    void setKey(const std::filesystem::path& key);
    [[nodiscard]] int images() const;
    /// The float model is timed in turns with the quantized one.
    [[nodiscard]] bool comparesFloat() const;
    /// The button for `boards` of them; `cancels`: ends what runs there.
    void setButton(int boards, bool cancels, bool enabled);
    void focusAddress();

signals:
    void addressEdited();
    /// The button, or Return in the address.
    void deployClicked();

protected:
    void changeEvent(QEvent* event) override;

private:
    void browseKey();
    void retranslate();
    void showButton();

    QComboBox* m_address;
    QPushButton* m_deploy;
    QLineEdit* m_key;
    QToolButton* m_browse;
    QSpinBox* m_images;
    QCheckBox* m_float;
    int m_boards = 1;
    bool m_cancels = false;
};

}  // namespace quantwright

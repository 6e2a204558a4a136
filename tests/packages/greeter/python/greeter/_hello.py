# The loader puts the extension module in the place of this file.
import _greeter_loader

_greeter_loader.bind()

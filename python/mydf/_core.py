# The loader puts the extension module in the place of this file.
import _mydf_loader

_mydf_loader.bind()

from . import access
from . import page
from . import forms
from . import acts

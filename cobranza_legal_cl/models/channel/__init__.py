from . import carta_certificada

from . import test_post
from . import test_post_rights
